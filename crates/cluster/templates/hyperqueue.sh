#!/bin/bash
# {{ title }}
# Written by `transfusion submit`: edit it and hand it in with `hq submit {{ file }}`, or let it be written again.
#HQ --name={{ name }}
#HQ --array={{ first }}-{{ last }}
#HQ --cpus={{ cpus }}
#HQ --time-request={{ parcel_seconds }}s
#HQ --resource=mem={{ memory_mib }}
{% if gpus %}#HQ --resource=gpus/nvidia={{ gpus }}
{% endif %}#HQ --crash-limit={{ restarts or 1 }}
#HQ --stdout={{ logs }}/{{ stem }}-%{TASK_ID}.log
#HQ --stderr={{ logs }}/{{ stem }}-%{TASK_ID}.log
{% for option in options %}#HQ {{ option }}
{% endfor %}
{{ body }}
task="$HQ_JOB_ID/$HQ_TASK_ID"
parcel=$(({{ offset }} + HQ_TASK_ID))
{{ work }}
exit "$code"
