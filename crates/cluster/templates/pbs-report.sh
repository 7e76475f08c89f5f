#!/bin/bash
# {{ title }}: the report, once every task has ended
#PBS -N {{ name }}-report
#PBS -l select=1:ncpus=1:mem={{ report_memory_mib }}mb
#PBS -l walltime={{ report_clock }}
#PBS -j oe
#PBS -o {{ logs }}/
{% if partition %}#PBS -q {{ partition }}
{% endif %}{% if account %}#PBS -A {{ account }}
{% endif %}{% for option in options %}#PBS {{ option }}
{% endfor %}
{{ body }}
exec {{ program }} report {{ study|sh }}
