# What stops the task stops the program after its present step: it keeps a checkpoint and ends with 75.
export TRANSFUSION_TASK="{{ scheduler }} ${task:-}"
child=
stop() { [ -n "$child" ] && kill -TERM "$child" 2>/dev/null; }
trap stop USR1 USR2 TERM
{{ program }} run {{ study|sh }} --parcels {{ parcels|sh }} --parcel "$parcel"{{ more }} &
child=$!
wait "$child"; code=$?
while kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done
# What was cancelled is not put back into the queue.
if [ "$code" = 75 ] && [ -e {{ cancelled|sh }} ]; then exit 143; fi
