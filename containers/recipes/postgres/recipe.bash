# The postgres image. The tag's leading number chooses the major version; Debian chooses the minor one.
recipe_variant=apt
recipe_include=libnss-wrapper,xz-utils,zstd,less,locales
recipe_pattern='^postgresql-[0-9]+$'

recipe_init() {
    PG_MAJOR=${1%%[!0-9]*}
    [[ $PG_MAJOR =~ ^[0-9]+$ ]] && ((PG_MAJOR >= 14)) ||
        fail -c 2 "postgres:$1: the tag has to start with a major version from 14 on, as in postgres:18.6"
    export PG_MAJOR
    recipe_selector=$PG_MAJOR
    recipe_package=postgresql-$PG_MAJOR
}

# From 18 on the data lives in a folder of its major version, and the volume is its parent.
recipe_config() {
    local volume=/var/lib/postgresql/data data=/var/lib/postgresql/data
    if ((PG_MAJOR >= 18)); then
        volume=/var/lib/postgresql data=/var/lib/postgresql/$PG_MAJOR/docker
    fi
    cat <<CONFIG
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/$PG_MAJOR/bin
ENV LANG=en_US.utf8
ENV PG_MAJOR=$PG_MAJOR
ENV PG_VERSION=$PACKAGE_VERSION
ENV PGDATA=$data
VOLUME $volume
EXPOSE 5432
STOPSIGNAL SIGINT
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
CONFIG
}
