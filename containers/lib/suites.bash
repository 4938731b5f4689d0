# Which Debian suite carries a package. Newest first, but unstable last: it is the one that can be broken.
suites=(forky trixie bookworm sid)

declare -A suite_packages=()

# Reads a suite's index once a run, with apt's own signature checks, into a state of its own.
load_suite() {
    local suite=$1 state=$work/apt-$1
    [[ -z ${suite_packages[$suite]+read} ]] || return 0
    mkdir -p "$state"/{lists/partial,cache/archives/partial,etc/apt.conf.d,etc/sources.list.d,etc/preferences.d}
    : > "$state/status"
    sources_for "$suite" > "$state/etc/sources.list"
    {
        printf 'Dir::State "%s";\nDir::State::lists "%s/lists";\nDir::State::status "%s/status";\n' "$state" "$state" "$state"
        printf 'Dir::Cache "%s/cache";\nDir::Etc::sourcelist "%s/etc/sources.list";\n' "$state" "$state"
        printf 'Dir::Etc::sourceparts "%s/etc/sources.list.d";\nDir::Etc::preferencesparts "%s/etc/preferences.d";\n' "$state" "$state"
        printf 'Acquire::Languages "none";\nAPT::Update::Error-Mode "any";\nDebug::NoLocking "true";\n'
        ((EUID)) || printf 'APT::Sandbox::User "root";\n'
        apt_options_for "$suite"
    } > "$state/apt.conf"
    if APT_CONFIG=$state/apt.conf apt-get -qq update > "$state/log" 2>&1; then
        suite_packages[$suite]=$state/apt.conf
    else
        warn "no use of $suite: $(grep -m1 -E '^[EW]:' "$state/log" || echo 'apt-get update failed')"
        suite_packages[$suite]=''
    fi
}

# package_version suite package: the version on offer, empty when there is none.
package_version() {
    [[ -n ${suite_packages[$1]} ]] || return 0
    APT_CONFIG=${suite_packages[$1]} apt-cache policy "$2" 2>/dev/null |
        awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'
}

# find_package name: sets suite and version to the first suite that has it; false when none has.
find_package() {
    for suite in "${suites[@]}"; do
        load_suite "$suite"
        version=$(package_version "$suite" "$1")
        [[ -z $version ]] || return 0
    done
    suite='' version=''
    return 1
}

# Names of packages that match a pattern over all suites read so far, as "name (suite)".
packages_on_offer() {
    local s
    for s in "${suites[@]}"; do
        [[ -n ${suite_packages[$s]:-} ]] || continue
        APT_CONFIG=${suite_packages[$s]} apt-cache --names-only search "$1" | awk -v s="$s" '{ print $1 " (" s ")" }'
    done | sort -u | paste -sd, | sed 's/,/, /g'
}
