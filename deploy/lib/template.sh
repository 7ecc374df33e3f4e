# shellcheck shell=bash
# The package that users copy. Sourced by deploy/check, after install.sh.

# template_resolves: fails where a copy of deploy/template, beside this checkout, has not what its manifest asks for: a
# product that is gone, or a target whose name is one of ours. Its sources are built and tested with our own.
template_resolves() {
    local folder status=0
    folder=$(mktemp -d)
    ln -s "$PWD" "$folder/postroom"
    cp -r deploy/template "$folder/acme-worker"
    if [[ -e Package.resolved ]]; then
        cp Package.resolved "$folder/acme-worker/"
    fi
    # The dependencies are kept for the next time; a manifest is read anew each time.
    swift package --package-path "$folder/acme-worker" --scratch-path .build/template show-dependencies \
        >"$folder/log" 2>&1 || status=$?
    if ((status != 0)); then
        cat "$folder/log" >&2
    fi
    rm -rf "$folder"
    return "$status"
}
