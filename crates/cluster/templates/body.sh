set -u
cd {{ folder|sh }} || exit 2
{% for module in modules %}module load {{ module|sh }} || exit 2
{% endfor %}{% for line in before %}{{ line }}
{% endfor %}
