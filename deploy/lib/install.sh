# shellcheck shell=bash
# What Postroom needs on this machine, and how it gets there. Sourced by the scripts in deploy/.

# The exit status where something is missing that can't be installed from here.
readonly exit_missing=69

say() {
    printf '%s\n' "$*" >&2
}

# Commands that Debian packages under their own names. A script adds what else it runs.
needed_commands=(git pkg-config)

# Whether PgBouncer is needed too; its command is where only root's PATH looks.
needs_pooler=no

# Whether the tools are needed that look at the files to deploy with: systemd-analyze and promtool.
needs_deployment_tools=no

# require_machine: installs what is missing. Where nothing is, it is quiet and asks the network nothing.
require_machine() {
    local missing
    mapfile -t missing < <(missing_packages)
    if ((${#missing[@]} > 0)); then
        install_packages "${missing[@]}"
        mapfile -t missing < <(missing_packages)
        if ((${#missing[@]} > 0)); then
            say "Still missing after the installation: ${missing[*]}."
            say "Postroom needs PostgreSQL and libpq 14 or later: this system's own may be older."
            exit "$exit_missing"
        fi
    fi
    require_swift
}

# missing_packages: the Debian packages for what is not there, a line each.
missing_packages() {
    local command
    for command in "${needed_commands[@]}"; do
        has_command "$command" || printf '%s\n' "$command"
    done
    [[ -e /etc/ssl/certs/ca-certificates.crt ]] || has_command git || printf '%s\n' ca-certificates
    has_library libpq 14 || printf '%s\n' libpq-dev
    has_library yaml-0.1 0 || printf '%s\n' libyaml-dev
    has_library zlib 1 || printf '%s\n' zlib1g-dev
    has_cxx_headers || printf '%s\n' g++
    has_postgres_server || printf '%s\n' postgresql
    [[ $needs_pooler == no ]] || has_pooler || printf '%s\n' pgbouncer
    if [[ $needs_deployment_tools == yes ]]; then
        has_command systemd-analyze || printf '%s\n' systemd
        has_command promtool || printf '%s\n' prometheus
        has_command shellcheck || printf '%s\n' shellcheck
    fi
}

# require_deployment_tools: the gate looks at the files to deploy with.
require_deployment_tools() {
    needs_deployment_tools=yes
}

# require_pooler: the tests put PgBouncer between a program and Postgres.
require_pooler() {
    needs_pooler=yes
}

has_pooler() {
    [[ -x /usr/sbin/pgbouncer ]] || has_command pgbouncer
}

has_command() {
    command -v "$1" >/dev/null 2>&1
}

# require_pip: installs what reads PyPI where it is missing; fails where that can't be.
require_pip() {
    has_pip || (install_packages python3-pip) || true
    has_pip
}

has_pip() {
    has_command python3 && python3 -m pip --version >/dev/null 2>&1
}

# has_library NAME MAJOR_VERSION
has_library() {
    has_command pkg-config && pkg-config --atleast-version="$2" "$1"
}

# Swift brings its own compiler for C and C++, but not the system's headers.
has_cxx_headers() {
    local compiler
    for compiler in clang++ g++; do
        if has_command "$compiler" &&
            printf '#include <string>\n' | "$compiler" -x c++ -fsyntax-only - 2>/dev/null; then
            return 0
        fi
    done
    return 1
}

# Postroom starts servers of its own for development and tests, from the newest programs it finds.
has_postgres_server() {
    local program
    for program in "$(command -v postgres || true)" /usr/lib/postgresql/*/bin/postgres \
        /usr/libexec/postgresql/*/bin/postgres /usr/local/pgsql/bin/postgres \
        "$(pg_config --bindir 2>/dev/null || true)/postgres"; do
        if [[ -x $program && $("$program" --version) =~ \)\ ([0-9]+) ]] && ((BASH_REMATCH[1] >= 14)); then
            return 0
        fi
    done
    return 1
}

# install_packages PACKAGE…: with apt-get as root or by a sudo that asks nothing, else says what to do.
install_packages() {
    if ! has_command apt-get; then
        say "Postroom needs what Debian calls: $*."
        say "Install what your system calls them: git, pkg-config, a C++ compiler, the headers of zlib, libyaml and"
        say "libpq (14 or later), the PostgreSQL server (14 or later), and for the tests openssl. Then run this again."
        exit "$exit_missing"
    fi
    local -a as_root=()
    if ((EUID != 0)); then
        if ! has_command sudo || ! sudo -n true 2>/dev/null; then
            say "Missing packages. Run this, then try again:"
            say "    sudo apt-get update && sudo apt-get install --no-install-recommends $*"
            exit "$exit_missing"
        fi
        as_root=(sudo -n)
    fi
    say "Installing with apt-get: $*"
    keep_debian_from_starting_postgres "${as_root[@]}"
    apt_get update || say 'Going on with the package lists that are there.'
    apt_get install --yes --no-install-recommends "$@" || exit "$exit_missing"
    # Debian starts these with their packages, and at every boot; the gate starts its own.
    local service
    for service in pgbouncer prometheus prometheus-node-exporter; do
        if [[ " $* " == *" ${service%-node-exporter} "* ]] && has_command systemctl; then
            "${as_root[@]}" systemctl disable --now --quiet "$service" 2>/dev/null || true
        fi
    done
}

# apt_get ARGUMENT…: uses `as_root` of its caller. Waits for another apt-get, asks nothing, says only what went wrong.
apt_get() {
    local log status=0
    log=$(mktemp)
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 \
        apt-get -o DPkg::Lock::Timeout=120 "$@" >"$log" 2>&1 </dev/null || status=$?
    if ((status != 0)); then
        cat "$log" >&2
        say "apt-get $1 failed (status $status)."
    fi
    rm -f "$log"
    return "$status"
}

# Debian makes and starts a database cluster with the server package, on port 5432 and at every boot. Postroom does not
# use it. Where the machine has no opinion on that yet, this says no; a file that exists is left alone.
keep_debian_from_starting_postgres() {
    local file=/etc/postgresql-common/createcluster.conf
    if [[ ! -e $file ]]; then
        "$@" mkdir -p "${file%/*}"
        printf 'create_main_cluster = false\n' | "$@" tee "$file" >/dev/null
    fi
}

require_swift() {
    local version='none'
    if has_command swift && [[ $(swift --version 2>/dev/null) =~ Swift\ version\ ([0-9]+)\.([0-9]+) ]]; then
        version="${BASH_REMATCH[1]}.${BASH_REMATCH[2]}"
        if ((BASH_REMATCH[1] > 6 || (BASH_REMATCH[1] == 6 && BASH_REMATCH[2] >= 2))); then
            return 0
        fi
    fi
    say "Postroom needs Swift 6.2 or later; found: $version."
    say "Get it from https://www.swift.org/install/linux/ (swiftly install latest), then run this again."
    exit "$exit_missing"
}
