# shellcheck shell=bash
# How Postroom is built. Sourced by the scripts in deploy/, so that none of them undoes the work of another.

# Every build checks that a target imports only what it says it depends on.
readonly build_flags=(--explicit-target-dependency-import-check error)

# announce_build: says how long the first build takes, before it starts.
announce_build() {
    if [[ ! -d .build/debug ]]; then
        say 'The first build compiles all dependencies: about 5 to 8 minutes on two cores. Later ones take seconds.'
    fi
}

# build ARGUMENT…: `swift build` with progress on stderr; stdout stays free for what is run afterwards.
build() {
    swift build "${build_flags[@]}" "$@" >&2
}
