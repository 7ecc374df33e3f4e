# shellcheck shell=bash
# What producers have released on PyPI. Sourced by deploy/check and deploy/test, after install.sh.
#
# What is new upstream is told by name and never fails the gate: no change of ours caused it, no change of ours may wait
# for it, and until somebody adds it, such an event is received all the same and reaches the handlers of patterns. What
# was told is told again in the gate's last lines, so that it is seen.

# Lines for the end of the gate.
notices=()

# notice TEXT: says it now, and again at the end.
notice() {
    say "    NOTICE: $1"
    notices+=("$1")
}

# compare_with_anthropic: compares the catalogue with the newest Python library of Anthropic, whose webhook types are
# generated from the interface's own description.
compare_with_anthropic() {
    local folder wheel type
    local -a known released new gone
    folder=$(mktemp -d)
    if ! fetch_newest anthropic "$folder"; then
        rm -rf "$folder"
        return
    fi
    wheel=$(basename "$folder"/*.whl)
    mapfile -t known < <(catalogue_types anthropic)
    mapfile -t released < <(anthropic_types "$folder/$wheel" "$folder/files")
    rm -rf "$folder"
    if ((${#known[@]} == 0 || ${#released[@]} == 0)); then
        notice "$wheel or the catalogue has no event types where deploy/lib/upstream.sh looks for them: mend it"
        return
    fi
    mapfile -t new < <(comm -13 <(printf '%s\n' "${known[@]}") <(printf '%s\n' "${released[@]}"))
    mapfile -t gone < <(comm -23 <(printf '%s\n' "${known[@]}") <(printf '%s\n' "${released[@]}"))
    for type in "${new[@]}"; do
        notice "$wheel has the event type $type, and Sources/PostroomSources/Anthropic/Anthropic.events has not"
    done
    for type in "${gone[@]}"; do
        notice "$wheel no longer has the event type $type, which Sources/PostroomSources/Anthropic/Anthropic.events has"
    done
    say "    compared ${#known[@]} event types with ${#released[@]} of $wheel"
}

# sign_as_producers FOLDER: signs a request of each preset with the newest libraries of their producers, for the test that
# compares ours with theirs, and keeps the libraries for the test whose receiver verifies with one; where they can't be had,
# says why, and the requests that are kept beside the test count.
sign_as_producers() {
    local folder=$1
    if ! require_pip; then
        say "    skipped: no pip, so that nothing is signed by the producers' libraries"
        return
    fi
    if ! timeout 180 python3 -m pip install --quiet --disable-pip-version-check --retries 1 --timeout 15 \
        --target "$folder/libraries" stripe svix standardwebhooks slack_sdk twilio PyNaCl >"$folder/log" 2>&1 ||
        ! PYTHONPATH=$folder/libraries python3 deploy/lib/producers.py >"$folder/requests" 2>>"$folder/log"; then
        say "    skipped: the producers' libraries can't be had: $(tail -n 1 "$folder/log")"
        return
    fi
    export POSTROOM_PRODUCER_REQUESTS=$folder/requests POSTROOM_PYTHON_LIBRARIES=$folder/libraries
}

# catalogue_types SOURCE: the event types of a source in the catalogue, a line each, sorted. A test keeps the page true.
catalogue_types() {
    sed -n "/^## $1\$/,/^## /s/^| \`\\([^\`]*\\)\` |.*/\\1/p" Sources/PostroomSources/CATALOGUE.md | LC_ALL=C sort -u
}

# anthropic_types WHEEL FOLDER: the event types of a wheel, a line each, sorted. The wheel is unpacked into the folder; it
# has a file for each type, and in it the type alone.
anthropic_types() {
    python3 -m zipfile -e "$1" "$2"
    find "$2/anthropic/types/beta" -name 'beta_webhook_*_event_data.py' -exec \
        sed -n 's/^ *type: Literal\["\([^"]*\)"\].*/\1/p' {} + 2>/dev/null | LC_ALL=C sort -u
}

# fetch_newest PACKAGE FOLDER: brings the newest release of a package on PyPI; where that can't be, says why.
fetch_newest() {
    if ! require_pip; then
        say "    skipped: no pip, so PyPI's $1 can't be compared"
        return 1
    fi
    if ! timeout 120 python3 -m pip download --quiet --disable-pip-version-check --retries 1 --timeout 15 --no-deps \
        --only-binary :all: --dest "$2" "$1" >"$2/log" 2>&1; then
        say "    skipped: PyPI's $1 can't be had: $(tail -n 1 "$2/log")"
        return 1
    fi
}
