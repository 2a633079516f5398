# Redis: with a log of its writes, so that data are there again after a restart or a crash. Sourced by servers.

prepare_redis() { # folder, port
    find_redis >/dev/null || fail "no Redis 7 or newer here; deploy/dev/install-servers redis installs it"
    mkdir -p "$1/data"
}

launch_redis() { # folder, port
    launch "$1" "$(find_redis)" --port "$2" --bind 127.0.0.1 --dir "$1/data" --save '' --appendonly yes
}

ready_redis() { # folder, port
    local answer=''
    exec 3<>"/dev/tcp/127.0.0.1/$2" || return 1
    printf 'PING\r\n' >&3
    IFS= read -r -t 2 answer <&3 || true
    exec 3>&-
    [[ $answer == $'+PONG\r' ]]
}

stop_redis() { # folder, now or empty
    if [[ $2 ]]; then signal KILL "$1"; else signal TERM "$1"; fi
}

after_redis() { :; }

env_redis() { # port
    echo "TEST_REDIS_URL=redis://127.0.0.1:$1/"
}
