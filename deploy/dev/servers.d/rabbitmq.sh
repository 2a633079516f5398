# RabbitMQ: with node name, cookie, name server (epmd) and folders of its own, nothing on other interfaces. Sourced by servers.

prepare_rabbitmq() { # folder, port
    find_rabbitmq >/dev/null || fail "no RabbitMQ 3.10 or newer here; deploy/dev/install-servers rabbitmq installs it"
    mkdir -p "$1/epmd" "$1/config"
    reserve_port "${dir:?}" >"$1/epmd/port"
    reserve_port "$dir" >"$1/dist.port"
    echo '[].' >"$1/enabled_plugins"
    cat >"$1/rabbitmq.conf" <<CONF
listeners.tcp.1 = 127.0.0.1:$2
disk_free_limit.absolute = 50MB
CONF
}

launch_rabbitmq() { # folder, port
    local epmd_port schedulers
    epmd_port=$(cat "$1/epmd/port")
    schedulers=$(($(nproc) > 1 ? 2 : 1))
    alive "$1/epmd" || launch "$1/epmd" epmd -port "$epmd_port" -address 127.0.0.1
    await_epmd "$epmd_port"
    launch "$1" env -i PATH="$PATH" HOME="$1" LANG=C.UTF-8 \
        ERL_EPMD_PORT="$epmd_port" \
        RABBITMQ_NODENAME="greencheck$2@localhost" \
        RABBITMQ_DIST_PORT="$(cat "$1/dist.port")" \
        RABBITMQ_CONF_ENV_FILE=/dev/null \
        RABBITMQ_CONFIG_FILE="$1/rabbitmq.conf" \
        RABBITMQ_ADVANCED_CONFIG_FILE="$1/advanced.config" \
        RABBITMQ_GENERATED_CONFIG_DIR="$1/config" \
        RABBITMQ_ENABLED_PLUGINS_FILE="$1/enabled_plugins" \
        RABBITMQ_MNESIA_BASE="$1/mnesia" \
        RABBITMQ_LOG_BASE="$1/logs" \
        RABBITMQ_PID_FILE="$1/rabbitmq.pid" \
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1} +S $schedulers:$schedulers +sbwt none +sbwtdcpu none +sbwtdio none" \
        "$(find_rabbitmq)"
}

await_epmd() { # port
    local try
    for try in {1..100}; do
        is_free "$1" || return 0
        sleep 0.05
    done
    fail "epmd does not listen on port $1 after $try looks"
}

# The broker answers a client's protocol header with Connection.Start, a method frame (type 1).
ready_rabbitmq() { # folder, port
    local frame=''
    exec 3<>"/dev/tcp/127.0.0.1/$2" || return 1
    printf 'AMQP\x00\x00\x09\x01' >&3
    IFS= read -r -N 1 -t 2 frame <&3 || true
    exec 3>&-
    [[ $frame == $'\x01' ]]
}

stop_rabbitmq() { # folder, now or empty
    if [[ $2 ]]; then signal KILL "$1" group; else signal TERM "$1"; fi
}

after_rabbitmq() { # folder
    signal TERM "$1/epmd"
    await_end "$1/epmd" 5 || signal KILL "$1/epmd"
}

env_rabbitmq() { # port
    echo "TEST_AMQP_URL=amqp://guest:guest@127.0.0.1:$1/%2f"
}
