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

# build_small ARGUMENT…: builds a program to be copied to a server. It needs nothing of Swift's there; what nothing calls is
# left out, function by function; nor does it export its symbols, which would keep them all.
build_small() {
    build -c release --static-swift-stdlib \
        -Xswiftc -Xfrontend -Xswiftc -function-sections -Xcc -ffunction-sections -Xcc -fdata-sections \
        -Xlinker --gc-sections -Xlinker --no-export-dynamic "$@"
}

# split_symbols PROGRAM COPY: copies a program without its symbols, which COPY.debug gets.
split_symbols() {
    local objcopy
    objcopy=$(command -v objcopy || command -v llvm-objcopy)
    "$objcopy" --only-keep-debug "$1" "$2.debug"
    "$objcopy" --strip-all --add-gnu-debuglink="$2.debug" "$1" "$2"
}

# needs_only_essentials PROGRAM…: fails where a program needs more of Foundation than FoundationEssentials, which brings
# along ICU and 45 MB.
needs_only_essentials() {
    local program needed status=0
    for program in "$@"; do
        needed=$(readelf --dynamic "$program" | grep -oE '\[lib_?Foundation[A-Za-z]*\.so[^]]*\]' |
            grep -v FoundationEssentials || true)
        if [[ -n $needed ]]; then
            printf '    %s needs %s\n' "$program" "${needed//$'\n'/ }" >&2
            status=1
        fi
    done
    return "$status"
}
