set -u
[ -e {{ cancelled|sh }} ] && exit 0
cd {{ folder|sh }} || exit 2
{% for module in modules %}module load {{ module|sh }} || exit 2
{% endfor %}{% if scratch %}export TRANSFUSION_SCRATCH={{ scratch }}
{% endif %}{% for line in before %}{{ line }}
{% endfor %}
