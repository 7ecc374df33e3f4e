# shellcheck shell=bash disable=SC2016 # what looks like variables between single quotes is awk's
# The rules of the house that the compiler can't check. Sourced by deploy/check.

# forbid PATTERN PATH…: fails, and shows the places, where a line of code (comments aside) matches.
forbid() {
    local pattern=$1
    shift
    find "$@" -name '*.swift' -not -path '*/Generated/*' -print0 | sort -z |
        pattern=$pattern xargs -0 -r awk '
            BEGIN { pattern = ENVIRON["pattern"] }
            { code = $0; sub(/^[[:space:]]*\/\/.*/, "", code); sub(/[[:space:]]\/\/ .*/, "", code) }
            code ~ pattern { print "    " FILENAME ":" FNR ": " $0; found = 1 }
            END { exit found }
        ' >&2
}

# unexplained PATTERN REASON PATH…: fails, and shows the places, where a line matches and neither it nor the comment
# right above it matches the reason.
unexplained() {
    local pattern=$1 reason=$2
    shift 2
    find "$@" -name '*.swift' -print0 | sort -z |
        pattern=$pattern reason=$reason xargs -0 -r awk '
            BEGIN { pattern = ENVIRON["pattern"]; reason = ENVIRON["reason"] }
            FNR == 1 { above = "" }
            {
                code = $0
                sub(/^[[:space:]]*\/\/.*/, "", code)
                sub(/[[:space:]]\/\/ .*/, "", code)
                if (code ~ pattern && $0 !~ reason && above !~ reason) {
                    print "    " FILENAME ":" FNR ": " $0
                    found = 1
                }
                above = $0 ~ /^[[:space:]]*\/\// ? above $0 "\n" : ""
            }
            END { exit found }
        ' >&2
}

# plain_prose PATH…: fails, and shows the places, where a sentence of a doc comment begins with a question's word and the line
# ends no question.
plain_prose() {
    find "$@" -name '*.swift' -print0 | sort -z |
        xargs -0 -r awk '
            /^[[:space:]]*\/\/\/([[:space:]]|.*[.:] )(What|Who|Whom|Whether|How) [a-z]/ && !/[?]/ {
                print "    " FILENAME ":" FNR ": " $0
                found = 1
            }
            END { exit found }
        ' >&2
}

# essentials_only PATTERN PATH…: fails, and shows the places, where a line matches that is not right below `#else`: where
# there is no module of the essentials, all of Foundation stands in for it.
essentials_only() {
    local pattern=$1
    shift
    find "$@" -name '*.swift' -print0 | sort -z |
        pattern=$pattern xargs -0 -r awk '
            FNR == 1 { above = "" }
            $0 ~ ENVIRON["pattern"] && above != "#else" {
                print "    " FILENAME ":" FNR ": " $0
                found = 1
            }
            { above = $0 }
            END { exit found }
        ' >&2
}

# modules_except NAME…: the folders of all modules but these.
modules_except() {
    local module name
    for module in Sources/*/; do
        module=${module%/}
        for name in "$@"; do
            [[ ${module##*/} == "$name" ]] && continue 2
        done
        printf '%s\n' "$module"
    done
}

# outside MODULES PATTERN: forbids the pattern in all modules but those, which are names separated by spaces.
outside() {
    local -a allowed modules
    read -r -a allowed <<<"$1"
    mapfile -t modules < <(modules_except "${allowed[@]}")
    forbid "$2" "${modules[@]}"
}
