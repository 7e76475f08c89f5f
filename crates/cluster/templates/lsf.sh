#!/bin/bash
# {{ title }}
# Written by `transfusion submit`: edit it and hand it in with `bsub < {{ file }}`, or let it be written again.
#BSUB -J "{{ name }}[{{ first }}-{{ last }}]{% if at_once %}%{{ at_once }}{% endif %}"
#BSUB -W {{ minutes }}
#BSUB -M {{ memory_mib }}MB
#BSUB -R "rusage[mem={{ memory_mib }}MB] span[hosts=1]"
#BSUB -n {{ cpus }}
#BSUB -wa USR2
#BSUB -wt {{ notice_minutes }}
#BSUB -r
#BSUB -Q "75"
#BSUB -o "{{ logs }}/{{ stem }}-%I.log"
{% if gpus %}#BSUB -gpu "num={{ gpus }}:j_exclusive=yes"
{% endif %}{% if partition %}#BSUB -q {{ partition }}
{% endif %}{% if account %}#BSUB -P {{ account }}
{% endif %}{% for option in options %}#BSUB {{ option }}
{% endfor %}
{{ body }}
task="${LSB_JOBID}[${LSB_JOBINDEX}]"
parcel=$(({{ offset }} + LSB_JOBINDEX - 1))
{{ work }}
exit "$code"
