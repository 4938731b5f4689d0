# Where Debian packages come from: what this machine's apt says, never an address of our own.

# Debian archives that apt is configured for, as lines "main <uri>" and "security <uri>".
configured_archives() {
    command -v apt-get >/dev/null || return 0
    # A repository's origin is known once apt has updated; before that its path has to tell.
    apt-get indextargets --format '$(ORIGIN)|$(COMPONENT)|$(RELEASE)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        awk -F'|' '
            $2 != "main" { next }
            $1 != "Debian" && !($1 ~ /^(\$|$)/ && $4 ~ /\/debian(-security)?\/$/) { next }
            $3 ~ /-security$/ { if (!s++) print "security", $4; next }
            $3 !~ /-/         { if (!m++) print "main", $4 }'
}

# The default that debootstrap itself falls back to, for a machine whose apt knows no Debian archive.
default_archive() {
    local script
    script=$(command -v debootstrap) || return 1
    awk -F'"' '/^DEF_MIRROR=/ { print $2; exit }' "$script"
}

# The Signed-By of the deb822 stanza that names the archive; empty where it has none.
configured_keyring() {
    local uri=${1%/} files
    shopt -s nullglob
    files=(/etc/apt/sources.list.d/*.sources)
    shopt -u nullglob
    ((${#files[@]})) || return 0
    awk -v uri="$uri" '
        function finish() { if (found && key != "" && !done++) print key; found = 0; key = "" }
        FNR == 1 || /^[[:space:]]*$/ { finish() }
        /^#/ { next }
        tolower($1) == "uris:" { for (i = 2; i <= NF; i++) { u = $i; sub(/\/$/, "", u); if (u == uri) found = 1 } }
        tolower($1) == "signed-by:" && $2 ~ /^\// { key = $2 }
        END { finish() }' "${files[@]}"
}

# Sets main_archive, security_archive (may be empty) and keyring (may be empty: apt's trusted keys).
read_apt_configuration() {
    local kind uri
    main_archive='' security_archive=''
    while read -r kind uri; do
        case $kind in
            main) main_archive=${uri%/} ;;
            security) security_archive=${uri%/} ;;
        esac
    done < <(configured_archives)
    if [[ -z $main_archive ]]; then
        main_archive=$(default_archive) && [[ -n $main_archive ]] ||
            fail "apt on this machine is configured for no Debian archive, and debootstrap is not here to know its default: apt-get install debootstrap"
    fi
    keyring=$(configured_keyring "$main_archive")
    if [[ -z $keyring && -r /usr/share/keyrings/debian-archive-keyring.gpg ]]; then
        keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    fi
}

# One-line sources for a suite. Testing and unstable get no security archive: fixes reach them directly.
sources_for() {
    local suite=$1 option=''
    [[ -z $keyring ]] || option="[signed-by=$keyring] "
    printf 'deb %s%s %s main\n' "$option" "$main_archive" "$suite"
    if [[ -n $security_archive && $suite != "${suites[0]}" && $suite != sid ]]; then
        printf 'deb %s%s %s-security main\n' "$option" "$security_archive" "$suite"
    fi
}

# apt options that carry over, one a line: proxies and whether a Release file may be out of date.
apt_options_for() {
    local suite=$1
    command -v apt-config >/dev/null && apt-config dump 2>/dev/null |
        grep -E '^Acquire::((http|https)::(Proxy|Verify-Peer|CAInfo)[^ ]*|Check-Valid-Until|Check-Date) ' || true
    # Testing and unstable promise no valid Release file on a mirror that lags behind.
    case $suite in "${suites[0]}" | sid) printf 'Acquire::Check-Valid-Until "false";\n' ;; esac
}
