set -u
[ -e {{ cancelled|sh }} ] && exit 0
cd {{ folder|sh }} || exit 2
{% for module in modules %}module load {{ module|sh }} || exit 2
{% endfor %}{% if scratch %}export TRANSFUSION_SCRATCH={{ scratch }}
{% endif %}{% for line in before %}{{ line }}
{% endfor %}{% if binds %}# The image is shown what tasks look at.
APPTAINER_BIND={{ binds|sh }}${APPTAINER_BIND:+,$APPTAINER_BIND}
for place in "${TRANSFUSION_DATA:-}" "${TRANSFUSION_WEIGHTS:-}"{% if scratch %} {{ scratch }}{% endif %}; do
    if [ -d "$place" ]; then APPTAINER_BIND="$APPTAINER_BIND,$place"; fi
done
export APPTAINER_BIND
{% endif %}
