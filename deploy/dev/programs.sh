# Where the servers' programs are on this machine. Sourced, not run.
# Each function prints a folder or a program and fails when there is none that is new enough.

# shellcheck disable=SC2034 # install-servers reads them by name
{
    POSTGRES_PACKAGE=postgresql
    RABBITMQ_PACKAGE=rabbitmq-server
    REDIS_PACKAGE=redis-server
}

at_least() { # version, least version
    [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]
}

# The folder with initdb, postgres and pg_isready of PostgreSQL 15 or newer.
find_postgres() {
    local folder version
    while read -r folder; do
        version=$("$folder/postgres" --version 2>/dev/null | grep -oE '[0-9]+(\.[0-9]+)?' | head -n 1) || continue
        [[ -x $folder/initdb && -x $folder/pg_isready ]] || continue
        if at_least "$version" 15; then
            echo "$folder"
            return
        fi
    done < <(
        printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin | sort -Vr
        dirname "$(command -v postgres || echo /nowhere/postgres)"
    )
    return 1
}

# The script that starts RabbitMQ 3.10 or newer. Debian's wrapper in /usr/sbin is of no use: only root and rabbitmq may call it.
find_rabbitmq() {
    local script real version
    command -v epmd >/dev/null || return 1
    while read -r script; do
        [[ -x $script ]] || continue
        real=$(readlink -f "$script")
        version=$(grep -oE 'rabbitmq_server-[0-9.]+' <<<"$real" | head -n 1) || version=rabbitmq_server-3.10
        if at_least "${version#rabbitmq_server-}" 3.10; then
            echo "$script"
            return
        fi
    done < <(
        echo /usr/lib/rabbitmq/bin/rabbitmq-server
        command -v rabbitmq-server || true
    )
    return 1
}

# redis-server of Redis 7 or newer.
find_redis() {
    local program version
    program=$(command -v redis-server) || return 1
    version=$("$program" --version | grep -oE 'v=[0-9.]+') || return 1
    at_least "${version#v=}" 7 || return 1
    echo "$program"
}
