#!/bin/bash
# {{ title }}
# Written by `transfusion submit`: edit it and hand it in with `hq submit {{ file }}`, or let it be written again.
#HQ --name={{ name }}
#HQ --array={{ first }}-{{ last }}
#HQ --cpus={{ cpus }}
#HQ --resource=mem={{ memory_mib }}
{% if gpus %}#HQ --resource=gpus/nvidia={{ gpus }}
{% endif %}#HQ --time-request={{ [parcel_seconds, notice]|min }}s
#HQ --crash-limit={{ restarts or 1 }}
#HQ --stdout=none
#HQ --stderr=none
{% for option in options %}#HQ {{ option }}
{% endfor %}
# HyperQueue would begin a task's log anew at each start: the task appends to it by itself.
exec >>{{ logs|sh }}/{{ stem }}-"$HQ_TASK_ID".log 2>&1
{{ body }}
task="${HQ_JOB_ID}_$HQ_TASK_ID"
parcel=$(({{ offset }} + HQ_TASK_ID))
worker=$PPID tries=0
# A worker that stops interrupts this script and the program alike, and kills what is left of them after
# a second: the script ends at once, and leaves the program to its step and its checkpoint.
while :; do
{{ work }}
# HyperQueue gives back the tasks of a worker that is lost, and none that ended with 75: that one goes on here.
if [ "$code" != 75 ] || [ "$tries" -ge {{ restarts }} ]; then break; fi
tries=$((tries + 1))
sleep 10
read -r _ _ _ parent _ <"/proc/$$/stat"
if [ "$parent" != "$worker" ]; then break; fi
done
exit "$code"
