# The postgres-exporter image, from the newest suite that has it.
recipe_package=prometheus-postgres-exporter
recipe_pattern='^prometheus-postgres-exporter$'
recipe_init() { :; }

recipe_config() {
    cat <<CONFIG
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
USER nobody
EXPOSE 9187
ENTRYPOINT ["/bin/postgres_exporter"]
CONFIG
}
