#!/bin/bash
# {{ title }}
# Written by `transfusion submit`: edit it and hand it in with `qsub {{ file }}`, or let it be written again.
#$ -N {{ name }}
#$ -S /bin/bash
#$ -t {{ first }}-{{ last }}
{% if at_once %}#$ -tc {{ at_once }}
{% endif %}#$ -l h_rt={{ clock }}
#$ -l s_rt={{ soft_clock }}
#$ -l h_vmem={{ memory_each_mib }}M
{% if cpus > 1 %}#$ -pe smp {{ cpus }}
{% endif %}#$ -notify
#$ -r y
#$ -j y
#$ -o {{ logs }}/{{ stem }}-$TASK_ID.log
{% if gpus %}#$ -l gpu={{ gpus }}
{% endif %}{% if partition %}#$ -q {{ partition }}
{% endif %}{% if account %}#$ -P {{ account }}
{% endif %}{% for option in options %}#$ {{ option }}
{% endfor %}
{{ body }}
task="$JOB_ID.$SGE_TASK_ID"
parcel=$(({{ offset }} + SGE_TASK_ID - 1))
{{ work }}
# Grid Engine puts what ends with 99 back into its queue.
if [ "$code" = 75 ]; then exit 99; fi
exit "$code"
