#!/bin/bash
# {{ title }}: the report, once every task has ended
#BSUB -J {{ name }}-report
#BSUB -W {{ report_minutes }}
#BSUB -M {{ report_memory_mib }}MB
#BSUB -n 1
#BSUB -o "{{ logs }}/report-%J.log"
{% if partition %}#BSUB -q {{ partition }}
{% endif %}{% if account %}#BSUB -P {{ account }}
{% endif %}{% for option in options %}#BSUB {{ option }}
{% endfor %}
{{ body }}
exec {{ program }} report {{ study|sh }}
