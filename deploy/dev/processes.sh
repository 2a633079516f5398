# Processes that outlive this script, known by pid and start time: a pid alone may belong to someone else by now. Sourced, not run.

start_time() { # pid
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    # The name in brackets may hold spaces; the state behind it is field 3, the start time field 22.
    # shellcheck disable=SC2086 # split on purpose
    set -- ${stat##*) }
    [[ $1 != Z ]] && echo "${20}"
}

# Starts a program in its own session, so that Ctrl-C in the terminal does not reach it.
launch() { # folder, command…
    local folder=$1
    shift
    setsid "$@" </dev/null >"$folder/log" 2>&1 &
    echo "$! $(start_time $!)" >"$folder/pid"
}

pid_of() { # folder
    local pid rest
    read -r pid rest <"$1/pid" && echo "$pid"
}

alive() { # folder
    local pid started
    read -r pid started 2>/dev/null <"$1/pid" || return 1
    [[ $started && $(start_time "$pid") == "$started" ]]
}

signal() { # signal, folder, group or empty
    alive "$2" || return 0
    kill "-$1" -- "${3:+-}$(pid_of "$2")" 2>/dev/null || true
}

await_end() { # folder, seconds
    local deadline=$((SECONDS + $2))
    while alive "$1"; do
        ((SECONDS < deadline)) || return 1
        sleep 0.05
    done
}
