#!/bin/bash
# {{ title }}
# Written by `transfusion submit`: edit it and hand it in with `sbatch {{ file }}`, or let it be written again.
#SBATCH --job-name={{ name }}
#SBATCH --array={{ first }}-{{ last }}{% if at_once %}%{{ at_once }}{% endif %}
#SBATCH --time={{ time }}
#SBATCH --mem={{ memory_mib }}M
#SBATCH --cpus-per-task={{ cpus }}
#SBATCH --signal=B:USR1@{{ notice }}
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output="{{ logs }}/{{ stem }}-%a.log"
{% if gpus %}#SBATCH --gpus={{ gpus }}
{% endif %}{% if partition %}#SBATCH --partition={{ partition }}
{% endif %}{% if account %}#SBATCH --account={{ account }}
{% endif %}{% for option in options %}#SBATCH {{ option }}
{% endfor %}
{{ body }}
# The last task of an array has the number of the array: name tasks by both.
task="${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
parcel=$(({{ offset }} + SLURM_ARRAY_TASK_ID))
{{ work }}
if [ "$code" = 75 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt {{ restarts }} ]; then
    scontrol requeue "$task"
fi
exit "$code"
