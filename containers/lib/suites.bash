# Which Debian suite carries a package. Newest first, but unstable last: it is the one that can be broken.
suites=(forky trixie bookworm sid)

# Reads a suite's index once a run, with apt's own signature checks, into a state of its own.
# $work/apt-SUITE/lists is afterwards what mmdebstrap starts from; no such folder: the suite is of no use.
load_suite() {
    local suite=$1 state=$work/apt-$1
    [[ ! -e $state ]] || return 0
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
    if ! APT_CONFIG=$state/apt.conf apt-get -qq update > "$state/log" 2>&1; then
        warn "no use of $suite: $(grep -m1 -E '^[EW]:' "$state/log" || echo 'apt-get update failed')"
        rm -rf "$state/lists"
    fi
}

# package_version suite package: the version on offer, empty when there is none.
package_version() {
    [[ -d $work/apt-$1/lists ]] || return 0
    APT_CONFIG=$work/apt-$1/apt.conf apt-cache policy "$2" 2>/dev/null |
        awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'
}

# find_package name [version-pattern]: sets suite and version to the first suite that has it; false when none has.
find_package() {
    for suite in "${suites[@]}"; do
        load_suite "$suite"
        version=$(package_version "$suite" "$1")
        # shellcheck disable=SC2053
        if [[ $version && $version == ${2:-*} ]]; then return 0; fi
    done
    suite='' version=''
    return 1
}

# Packages whose name matches a pattern over all suites read so far, as "name version (suite)".
packages_on_offer() {
    local s name
    for s in "${suites[@]}"; do
        [[ -d $work/apt-$s/lists ]] || continue
        APT_CONFIG=$work/apt-$s/apt.conf apt-cache --names-only search "$1" |
            while read -r name _; do printf '%s %s (%s)\n' "$name" "$(package_version "$s" "$name")" "$s"; done
    done | sort -u | paste -sd, | sed 's/,/, /g'
}
