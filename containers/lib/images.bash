# Images in the local engine, and the recipes that make them.
recipe_label=org.pgaspire.recipe

# The repository as docker itself shortens it: docker.io/library/postgres:18 is postgres:18.
short_reference() {
    local reference=$1
    reference=${reference#docker.io/}
    reference=${reference#index.docker.io/}
    reference=${reference#library/}
    printf '%s\n' "$reference"
}

recipes_on_offer() { (cd "$home/recipes" && find . -name recipe.bash -printf '%h\n' | sed 's|^\./||' | sort); }

# Hash of all that shapes an image: the recipe's files, how it is built, and what the tag selects.
recipe_hash() {
    local recipe=$1 selector=$2
    {
        printf '%s %s\n' "$recipe" "$selector"
        cd "$home"
        find "recipes/$recipe" lib/build.bash -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
    } | sha256sum | cut -c1-16
}

# image_state reference: "absent", "foreign" (not made here) or the recipe hash that it was made from.
image_state() {
    local label
    if ! label=$(docker image inspect --format "{{index .Config.Labels \"$recipe_label\"}}" "$1" 2>/dev/null); then
        # An image without any label makes the template fail on some engines.
        docker image inspect "$1" >/dev/null 2>&1 && echo foreign || echo absent
        return
    fi
    [[ -n $label && $label != '<no value>' ]] && echo "$label" || echo foreign
}

# An image of any tag that this very recipe made.
image_of_recipe() { docker image ls --quiet --filter "label=$recipe_label=$1" | head -n1; }
