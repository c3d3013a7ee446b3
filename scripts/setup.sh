#!/bin/sh
# Makes .venv ready: what Perpetuo needs to run; with the argument "web" what its dashboard is built with too,
# with "dev" that and what its tests need, with "browser" a browser for the tests of the dashboard, with
# "balancer" a balancer for the drills, with "bench" what the benchmark measures with, and with "clients" the client
# libraries that the gateway is driven with, in .venv-clients.
# Does nothing where locks, project and place are those of the last time. PYTHON names the interpreter to use.
set -eu

cd "$(dirname "$0")/.."
export PIP_DISABLE_PIP_VERSION_CHECK=1
venv="$PWD/.venv"
clients="$PWD/.venv-clients"

main() {
    set_up_run
    case "${1:-}" in
        web) set_up_web ;;
        dev) set_up_dev; set_up_web ;;
        browser) set_up_dev; set_up_web; set_up_browser ;;
        balancer) set_up_dev; set_up_balancer ;;
        bench) set_up_dev; set_up_node; set_up_bench ;;
        clients) set_up_node; set_up_clients ;;
    esac
}

set_up_run() {
    wanted=$(fingerprint requirements.lock)
    [ "$(stamp_of run)" != "$wanted" ] || return 0
    if ! is_usable "$venv/bin/python" || [ "$(cat "$venv/.place" 2>/dev/null)" != "$PWD" ]; then
        make_venv
    fi
    say "Installing what Perpetuo runs on …"
    install_locked requirements-build.lock
    install_locked requirements.lock
    # The build backend comes from its lock, so nothing is fetched without a hash.
    "$venv/bin/pip" install -qq --no-deps --no-build-isolation --editable .
    echo "$wanted" > "$venv/.ready-run"
}

set_up_dev() {
    wanted=$(fingerprint requirements-dev.lock)
    [ "$(stamp_of dev)" != "$wanted" ] || return 0
    say "Installing what the tests need …"
    install_locked requirements-dev.lock
    echo "$wanted" > "$venv/.ready-dev"
}

set_up_web() {
    set_up_node
    set_up_packages web "what the dashboard is built with"
}

# Node comes from its lock like everything else, and lives in .venv.
set_up_node() {
    wanted=$(fingerprint requirements-web.lock)
    [ "$(stamp_of web)" != "$wanted" ] || return 0
    say "Installing Node, which builds the dashboard …"
    install_locked requirements-web.lock
    echo "$wanted" > "$venv/.ready-web"
}

set_up_packages() {
    wanted=$(cat "$1/package.json" "$1/package-lock.json" "$1/.npmrc" | cksum)
    [ "$(cat "$1/node_modules/.ready" 2>/dev/null)" != "$wanted" ] || return 0
    say "Installing $2 …"
    PATH="$venv/bin:$PATH" npm ci --prefix "$1" --silent
    echo "$wanted" > "$1/node_modules/.ready"
}

# Some of them want older versions than the tests do, so they have a virtual environment of their own.
set_up_clients() {
    set_up_packages tests/clients/node "the clients in JavaScript"
    wanted=$({ cat tests/clients/requirements.lock; "$venv/bin/python" --version; echo "$PWD"; } | cksum)
    [ "$(cat "$clients/.ready" 2>/dev/null)" != "$wanted" ] || return 0
    say "Installing the clients in Python …"
    "$venv/bin/python" -m venv --clear "$clients"
    install_locked tests/clients/requirements.lock "$clients"
    echo "$wanted" > "$clients/.ready"
}

# The tests of the dashboard drive a real browser; without one they say so themselves.
set_up_browser() {
    [ -z "${PERPETUO_CHROMIUM:-}" ] || return 0
    for name in chromium chromium-browser google-chrome; do
        if command -v "$name" >/dev/null; then return 0; fi
    done
    if may_install; then
        say "Installing Chromium for the tests …"
        install_package chromium
    fi
}

# Debian has it where only root's PATH leads; the drill looks there too, and says so itself where it is missing.
set_up_balancer() {
    if PATH="$PATH:/usr/sbin" command -v haproxy >/dev/null; then return 0; fi
    if may_install; then
        say "Installing HAProxy for the drills …"
        install_package haproxy
    fi
}

# The benchmark says itself what is missing. nginx is unpacked and not installed: an installed one starts itself as
# a service of the machine.
set_up_bench() {
    if may_install && ! command -v wrk >/dev/null; then
        say "Installing wrk for the benchmark …"
        install_package wrk
    fi
    if may_install && ! PATH="$PATH:/usr/sbin:$venv/nginx/usr/sbin" command -v nginx >/dev/null; then
        say "Unpacking nginx for the benchmark …"
        unpack_package nginx
    fi
}

# The place is part of it: a virtual environment holds absolute paths, a moved one is as good as none.
fingerprint() {
    { cat "$1" requirements-build.lock pyproject.toml scripts/setup.sh; echo "$PWD"; } | cksum
}

stamp_of() {
    if [ -x "$venv/bin/python" ]; then
        cat "$venv/.ready-$1" 2>/dev/null || true
    fi
}

install_locked() {
    # The lock is whole: with nothing to resolve, what was released since cannot matter. Twice quiet: errors
    # are shown, a registry's every oddity is not.
    "${2:-$venv}/bin/pip" install -qq --no-deps --require-hashes --requirement "$1"
}

make_venv() {
    python=$(find_python)
    say "Making .venv with $("$python" --version), $python …"
    "$python" -m venv --clear "$venv"
    echo "$PWD" > "$venv/.place"
}

# A name on the PATH may be a shim without an interpreter behind it, so each one is tried. What version managers
# build is mostly not optimised, and takes a third more time for the same code: it is the last choice.
find_python() {
    names="python3.13 python3.12 python3.11 python3"
    candidates=${PYTHON:-}
    if [ -z "$candidates" ]; then
        for name in $names; do candidates="$candidates $name /usr/bin/$name"; done
    fi
    without_venv=""
    slow=""
    for candidate in $candidates; do
        is_usable "$candidate" || continue
        if ! has_venv "$candidate"; then
            without_venv="${without_venv:-$candidate}"
        elif is_optimised "$candidate"; then
            echo "$candidate"
            return
        else
            slow="${slow:-$candidate}"
        fi
    done
    if [ -z "$without_venv$slow" ]; then
        fail "Perpetuo needs Python 3.11 or newer, and found none as ${PYTHON:-$names}." \
            "Install one, or name it: make setup PYTHON=/path/to/python3"
    fi
    if [ -n "$without_venv" ]; then
        package="python$("$without_venv" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
        if may_install && install_package "$package" && has_venv "$without_venv"; then
            echo "$without_venv"
            return
        fi
    fi
    if [ -n "$slow" ]; then
        echo "$slow"
        return
    fi
    fail "$without_venv is here, but without its venv module." "On Debian and Ubuntu: apt-get install $package"
}

# On a machine of its own for this run, and nowhere else.
may_install() {
    [ -n "${CI:-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

install_package() {
    {
        apt-get -o Acquire::Retries=3 -qq update
        DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=3 -qq install --yes --no-install-recommends "$1"
    } >&2
}

# Into a folder of its name in .venv.
unpack_package() {
    fetched=$(mktemp -d)
    chmod 755 "$fetched"
    {
        apt-get -o Acquire::Retries=3 -qq update
        (cd "$fetched" && apt-get -o Acquire::Retries=3 -o APT::Sandbox::User=root -qq download "$1")
        dpkg-deb --extract "$fetched"/*.deb "$venv/$1"
    } >&2
    rm -r "$fetched"
}

is_usable() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

has_venv() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null
}

# The system's is, though it does not say so.
is_optimised() {
    "$1" -c 'import sys, sysconfig
said = sysconfig.get_config_var("CONFIG_ARGS") or ""
sys.exit(sys.base_prefix != "/usr" and "--enable-optimizations" not in said)' 2>/dev/null
}

say() {
    echo "$@" >&2
}

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

main "$@"
