#!/bin/bash
# {{ title }}
# Written by `transfusion submit`: edit it and hand it in with `qsub {{ file }}`, or let it be written again.
#PBS -N {{ name }}
{% if last > first %}#PBS -J {{ first }}-{{ last }}{% if at_once %}%{{ at_once }}{% endif %}
{% endif %}#PBS -l select=1:ncpus={{ cpus }}:mem={{ memory_mib }}mb{% if gpus %}:ngpus={{ gpus }}{% endif %}
#PBS -l walltime={{ clock }}
#PBS -r y
#PBS -j oe
#PBS -o {{ logs }}/{{ stem }}-{% if last > first %}^array_index^{% else %}{{ first }}{% endif %}.log
{% if partition %}#PBS -q {{ partition }}
{% endif %}{% if account %}#PBS -A {{ account }}
{% endif %}{% for option in options %}#PBS {{ option }}
{% endfor %}
{{ body }}
task="$PBS_JOBID"
# An array of one task is no array to PBS.
parcel=$(({{ offset }} + ${PBS_ARRAY_INDEX:-{{ first }}}))
# PBS gives no notice before the time limit: the task gives it to itself.
( sleep {{ until_notice }}; kill -USR1 $$ ) 2>/dev/null &
{{ work }}
exit "$code"
