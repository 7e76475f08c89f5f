# What stops the task stops the program after its present step: it keeps a checkpoint and ends with 75.
child=
stop() { [ -n "$child" ] && kill -TERM "$child" 2>/dev/null; }
trap stop USR1 USR2 TERM
{{ program }} run {{ study|sh }} --parcels {{ parcels|sh }} --parcel "$parcel"{{ more }} &
child=$!
wait "$child"; code=$?
while kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done
