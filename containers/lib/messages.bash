# What every script here says and how it ends.

say() { printf '%s\n' "$*"; }
warn() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# fail [-c exit-code] message
fail() {
    local code=1
    if [[ $1 == -c ]]; then
        code=$2
        shift 2
    fi
    warn "$*"
    exit "$code"
}
