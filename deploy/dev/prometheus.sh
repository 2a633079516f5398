# Prometheus and promtool, fetched if they are not here. Sourced, not run.

# Debian's package would also start a server, so it is only unpacked.
provide_prometheus() { # cache folder
    local folder=$1/prometheus
    if command -v prometheus >/dev/null && command -v promtool >/dev/null; then return; fi
    if [[ ! -x $folder/usr/bin/promtool ]]; then
        if ! command -v apt-get >/dev/null; then
            echo "Prometheus 2.42 or newer is not here: install it" >&2
            return 1
        fi
        echo "fetching Prometheus"
        rm -rf "$folder"
        mkdir -p "$folder"
        (
            cd "$folder" || exit
            apt-get download -qq prometheus 2>/dev/null || { apt-get update -qq && apt-get download -qq prometheus; }
            dpkg-deb --extract prometheus_*.deb .
        )
    fi
    PATH=$folder/usr/bin:$PATH
}
