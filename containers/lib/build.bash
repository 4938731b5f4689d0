# How a recipe becomes an image. All that shapes one is here or in the recipe's folder: both are in its hash.

# Installs mmdebstrap where that is possible, otherwise says how.
require_mmdebstrap() {
    local want='apt-get install --no-install-recommends mmdebstrap'
    command -v mmdebstrap >/dev/null && return
    command -v apt-get >/dev/null || fail "mmdebstrap is needed, and there is no apt here to install it with"
    ((EUID == 0)) || fail "mmdebstrap is needed: sudo $want"
    say "installing mmdebstrap"
    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive $want -y -qq; } >/dev/null ||
        fail "mmdebstrap is needed and could not be installed: $want"
}

# import reference tarball hash: one layer of files, then the recipe's configuration on top. A Dockerfile has to do
# the second part, as import takes no stop signal.
import() {
    local reference=$1 tarball=$2 hash=$3 files="pgaspire-files:$3"
    docker import "$tarball" "$files" >/dev/null || return
    {
        printf 'FROM %s\n' "$files"
        recipe_config
        printf 'LABEL %s="%s"\n' "$recipe_label" "$hash" org.pgaspire.package "$package" org.pgaspire.suite "$suite" \
            org.opencontainers.image.version "$version"
    } | BUILDX_BUILDER=default docker build --quiet --tag "$reference" - >/dev/null 2> "$work/log" || {
        cat "$work/log" >&2
        return 1
    }
    docker rmi "$files" >/dev/null
}

# build reference recipe hash: bootstraps the recipe's packages and imports them as one layer.
build() {
    local reference=$1 recipe=$2 hash=$3 started=$SECONDS
    local dir=$home/recipes/$recipe suite version package tarball option excluded
    local -a arguments=()

    require_mmdebstrap
    read_apt_configuration
    package=$recipe_package
    find_package "$package" "$recipe_versions" || {
        warn "$reference: none of ${suites[*]} has $package${recipe_versions:+ in version $recipe_versions}. On offer: $(packages_on_offer "$recipe_pattern")"
        return 1
    }
    say "$reference: $package $version from Debian $suite"

    export RECIPE_DIR=$dir PACKAGE_VERSION=$version
    tarball=$work/rootfs.tar
    while IFS= read -r option; do arguments+=(--aptopt="$option"); done < <(apt_options_for "$suite")
    [[ ! -x $dir/before-install ]] || arguments+=(--essential-hook='"$RECIPE_DIR/before-install" "$1"')
    arguments+=(--customize-hook='"$RECIPE_DIR/after-install" "$1"')
    # Nothing of this machine's apt settings stays behind: a proxy may carry a password.
    arguments+=(--customize-hook='rm -f "$1"/etc/apt/apt.conf.d/99mmdebstrap "$1"/etc/dpkg/dpkg.cfg.d/99mmdebstrap')
    # The index that the suite was chosen by is the one that it is installed from, read only once.
    export SUITE_LISTS=$work/apt-$suite/lists
    arguments+=(--setup-hook='cp "$SUITE_LISTS"/*_* "$1/var/lib/apt/lists/"' --skip=update)
    for excluded in man doc info lintian linda 'locale/*/LC_MESSAGES' bash-completion; do
        arguments+=(--dpkgopt="path-exclude=/usr/share/$excluded/*")
    done

    if ! nice mmdebstrap --quiet --format=tar --variant="$recipe_variant" --skip=output/dev,cleanup/run \
        --aptopt='APT::Install-Recommends "false"' --dpkgopt=force-confold --dpkgopt=force-unsafe-io \
        --include="$(IFS=,; echo "$package${recipe_include:+,$recipe_include}")" \
        "${arguments[@]}" "$suite" "$tarball" "$work/apt-$suite/etc/sources.list" 2> "$work/log"; then
        tail -n 20 "$work/log" >&2
        warn "$reference: mmdebstrap failed"
        return 1
    fi

    import "$reference" "$tarball" "$hash" || {
        warn "$reference: the engine could not take the image in"
        return 1
    }
    rm -f "$tarball"
    say "$reference: made in $((SECONDS - started)) s"
}
