# The prom/alertmanager image, from the newest suite that has it.
recipe_package=prometheus-alertmanager
recipe_pattern='^prometheus-alertmanager$'
recipe_init() { :; }

recipe_config() {
    cat <<CONFIG
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
USER nobody
WORKDIR /alertmanager
VOLUME /alertmanager
EXPOSE 9093
ENTRYPOINT ["/bin/alertmanager"]
CMD ["--config.file=/etc/alertmanager/alertmanager.yml","--storage.path=/alertmanager"]
CONFIG
}
