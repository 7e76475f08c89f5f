#!/bin/bash
# {{ title }}: the report, once every task has ended
#SBATCH --job-name={{ name }}-report
#SBATCH --time={{ report_time }}
#SBATCH --mem={{ report_memory_mib }}M
#SBATCH --cpus-per-task=1
#SBATCH --open-mode=append
#SBATCH --output="{{ logs }}/report-%j.log"
{% if partition %}#SBATCH --partition={{ partition }}
{% endif %}{% if account %}#SBATCH --account={{ account }}
{% endif %}{% for option in options %}#SBATCH {{ option }}
{% endfor %}
{{ body }}
exec {{ program }} report {{ study|sh }}
