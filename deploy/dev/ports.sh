# Free loopback ports. Sourced, not run.
#
# Taken from below the range of outgoing connections, and reserved as long as the folder of the servers exists:
# a server that is stopped for a while must find its port free again.

is_free() { # port
    ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

reservations() {
    local folder=/tmp/greencheck-ports-$EUID
    (umask 077 && mkdir -p "$folder")
    [[ -O $folder ]] || { echo "servers: $folder belongs to someone else" >&2; return 1; }
    echo "$folder"
}

forget_old_reservations() { # folder of reservations
    local file owner
    for file in "$1"/*; do
        owner=$(cat "$file" 2>/dev/null) || continue
        if [[ $owner && ! -d $owner ]]; then rm -f "$file"; fi
    done
}

reserve_port() { # folder of the servers
    local folder port try
    folder=$(reservations)
    forget_old_reservations "$folder"
    for try in {1..200}; do
        port=$((20000 + (RANDOM + try) % 12000))
        if (set -o noclobber && echo "$1" >"$folder/$port") 2>/dev/null; then
            if is_free "$port"; then
                echo "$port"
                return
            fi
            rm -f "$folder/$port"
        fi
    done
    echo "servers: no free port between 20000 and 31999" >&2
    return 1
}
