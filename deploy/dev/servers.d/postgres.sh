# PostgreSQL: survives a crash as in production (fsync stays on), spends little on anything else. Sourced by servers.

# PostgreSQL refuses to run as root.
as_postgres() {
    if ((EUID == 0)); then
        set -- setpriv --reuid=postgres --regid=postgres --init-groups "$@"
    fi
    printf '%s\0' "$@"
}

prepare_postgres() { # folder, port
    local bin command
    bin=$(find_postgres) || fail "no PostgreSQL 15 or newer here; deploy/dev/install-servers postgres installs it"
    mkdir -p "$1/data" "$1/socket"
    if ((EUID == 0)); then
        chown -R postgres: "$1/data" "$1/socket"
        chmod o+x "${dir:?}" "$1"
        setpriv --reuid=postgres --regid=postgres --init-groups test -x "$1" ||
            fail "the user postgres cannot enter $dir: choose a folder below one that everybody may enter, such as /tmp"
    fi
    mapfile -d '' command < <(as_postgres "$bin/initdb" --pgdata="$1/data" --username=postgres --auth=trust \
        --encoding=UTF8 --locale=C --no-sync)
    "${command[@]}" >"$1/log" 2>&1 || { cat "$1/log" >&2; fail "initdb failed, see above"; }
}

launch_postgres() { # folder, port
    local bin command
    bin=$(find_postgres)
    mapfile -d '' command < <(as_postgres "$bin/postgres" -D "$1/data" -p "$2" -k "$1/socket" \
        -c listen_addresses=127.0.0.1 -c max_connections=300 -c shared_buffers=128MB -c max_wal_size=2GB \
        -c checkpoint_timeout=30min -c wal_level=minimal -c max_wal_senders=0 -c jit=off)
    launch "$1" "${command[@]}"
}

# Asked through its own socket: whoever answers there is no stranger.
ready_postgres() { # folder, port
    "$(find_postgres)/pg_isready" -q -t 1 -h "$1/socket" -p "$2" -U postgres -d postgres
}

# SIGINT ends sessions and shuts down, SIGQUIT leaves everything to crash recovery.
stop_postgres() { # folder, now or empty
    if [[ $2 ]]; then signal QUIT "$1"; else signal INT "$1"; fi
}

after_postgres() { :; }

env_postgres() { # port
    echo "TEST_DATABASE_URL=postgres://postgres@127.0.0.1:$1/postgres"
}
