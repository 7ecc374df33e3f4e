# shellcheck shell=bash
# Packages of users. Sourced by deploy/check, after install.sh.

# package_resolves PACKAGE: fails where a copy of a package, beside this checkout, has not what its manifest asks for: a
# product that is gone, or a target whose name is one of ours. Its sources are built and tested with our own.
package_resolves() {
    local folder status=0
    folder=$(mktemp -d)
    ln -s "$PWD" "$folder/postroom"
    cp -r "$1" "$folder/package"
    if [[ -e Package.resolved ]]; then
        cp Package.resolved "$folder/package/"
    fi
    # The dependencies are kept for the next time; a manifest is read anew each time.
    swift package --package-path "$folder/package" --scratch-path .build/template show-dependencies \
        >"$folder/log" 2>&1 || status=$?
    if ((status != 0)); then
        cat "$folder/log" >&2
    fi
    rm -rf "$folder"
    return "$status"
}
