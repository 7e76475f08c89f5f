#!/bin/bash
# {{ title }}: the report, once every task has ended
#$ -N {{ name }}-report
#$ -S /bin/bash
#$ -l h_rt={{ report_clock }}
#$ -l h_vmem={{ report_memory_mib }}M
#$ -j y
#$ -o {{ logs }}/
{% if partition %}#$ -q {{ partition }}
{% endif %}{% if account %}#$ -P {{ account }}
{% endif %}{% for option in options %}#$ {{ option }}
{% endfor %}
{{ body }}
exec {{ program }} report {{ study|sh }}
