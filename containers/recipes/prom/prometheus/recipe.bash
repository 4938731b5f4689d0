# The prom/prometheus image. The tag's major version is kept, as the two differ; the rest is Debian's choice.
recipe_package=prometheus
recipe_pattern='^prometheus$'

recipe_init() {
    if [[ $1 =~ ^v?([0-9]+)(\.|$) ]]; then
        recipe_versions="${BASH_REMATCH[1]}.*"
        recipe_selector=${BASH_REMATCH[1]}
    fi
}

recipe_config() {
    local console=''
    # Version 2 names the console folders on its command line, version 3 has them as defaults.
    [[ $PACKAGE_VERSION != 2.* ]] ||
        console=',"--web.console.libraries=/usr/share/prometheus/console_libraries","--web.console.templates=/usr/share/prometheus/consoles"'
    cat <<CONFIG
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
USER nobody
WORKDIR /prometheus
VOLUME /prometheus
EXPOSE 9090
ENTRYPOINT ["/bin/prometheus"]
CMD ["--config.file=/etc/prometheus/prometheus.yml","--storage.tsdb.path=/prometheus"$console]
CONFIG
}
