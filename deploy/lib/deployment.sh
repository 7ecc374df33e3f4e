# shellcheck shell=bash
# The files that people deploy with, as far as they can be checked without the systems that they are for. Sourced by
# deploy/check, after install.sh and upstream.sh.

# unit_is_sound: fails where systemd finds something wrong with the unit, or it leaves more open than it needs.
unit_is_sound() {
    local folder status=0
    if ! has_command systemd-analyze; then
        say '    skipped: systemd is not installed'
        return
    fi
    folder=$(mktemp -d)
    # The program of the unit need not be installed here.
    sed "s|/usr/local/bin/postroom|$(command -v true)|" deploy/systemd/postroom.service >"$folder/postroom.service"
    # It only warns of a key that it does not know.
    systemd-analyze verify "$folder/postroom.service" >"$folder/log" 2>&1 || status=1
    if grep 'postroom\.service' "$folder/log"; then
        status=1
    fi
    systemd-analyze security --offline=true --threshold=20 "$folder/postroom.service" >"$folder/log" 2>&1 || {
        tail -n 1 "$folder/log"
        status=1
    }
    rm -rf "$folder"
    return "$status"
}

# alerts_fire: fails where Prometheus' own tool finds a rule wrong, or an alert stays quiet in the incident made for it.
alerts_fire() {
    if ! has_command promtool; then
        say '    skipped: promtool is not installed'
        return
    fi
    (
        cd deploy/monitoring || exit
        # Looks at the rules that it names, too.
        promtool check config prometheus.yaml >/dev/null && promtool test rules alerts_test.yaml >/dev/null
    )
}

# manifests_are_valid: fails where a manifest does not fit the schemas of Kubernetes, an option that it does not know
# included, or the file for compose is no YAML. The schemas come from PyPI; where they can't be had, says so.
manifests_are_valid() {
    local folder status=0
    if ! require_pip; then
        say "    skipped: no pip, so the schemas of Kubernetes can't be had"
        return
    fi
    folder=$(mktemp -d)
    if timeout 180 python3 -m pip install --quiet --disable-pip-version-check --retries 1 --timeout 15 \
        --target "$folder" kubernetes-validate >"$folder/log" 2>&1; then
        PYTHONPATH=$folder python3 deploy/lib/manifests.py deploy/kubernetes deploy/docker/compose.yaml || status=1
    else
        say "    skipped: the schemas of Kubernetes can't be had: $(tail -n 1 "$folder/log")"
    fi
    rm -rf "$folder"
    return "$status"
}

# images_hold_libraries PROGRAM: fails where a program needs a library of the system that a Dockerfile does not install.
images_hold_libraries() {
    local library package file status=0
    for library in $(readelf --dynamic "$1" | sed -n 's/.*Shared library: \[\(.*\)\]/\1/p'); do
        case $library in
            libpq.so.*) package=libpq5 ;;
            libyaml-0.so.2) package=libyaml-0-2 ;;
            libz.so.1) package=zlib1g ;;
            libstdc++.so.6 | libgcc_s.so.1) package=libstdc++6 ;;
            # The C library is in every image, and Swift's own are linked into a release.
            libc.so.* | libm.so.* | ld-linux* | libswift* | libBlocksRuntime.so | libdispatch.so | libFoundationEssentials.so | lib_FoundationC*) continue ;;
            *)
                say "    $library: say in deploy/lib/deployment.sh which package of Debian has it"
                status=1
                continue
                ;;
        esac
        for file in deploy/docker/Dockerfile deploy/template/Dockerfile; do
            if ! sed -n '/^FROM debian/,$p' "$file" | grep -q -- " $package\b"; then
                say "    $file does not install $package, which has $library"
                status=1
            fi
        done
    done
    return "$status"
}

# shipped_configurations_work PROGRAM: fails where the program refuses a configuration that lies beside a file to deploy with.
shipped_configurations_work() {
    local folder status=0
    folder=$(mktemp -d)
    sed -n 's/^    //p' deploy/kubernetes/configuration.yaml >"$folder/kubernetes.yaml"
    for file in deploy/docker/postroom.yaml "$folder/kubernetes.yaml"; do
        GITHUB_SECRET=secret POSTROOM_DATABASE_URL='host=db dbname=postroom' \
            "$1" config check --config "$file" >"$folder/log" 2>&1 || {
            cat "$folder/log"
            status=1
        }
    done
    rm -rf "$folder"
    return "$status"
}
