#!/usr/bin/env bash
# A real Slurm on this machine, as root and without systemd: `slurm.sh start FOLDER`, `slurm.sh stop FOLDER`.
# Needs Debian's packages slurm-wlm and munge (apt-get install --no-install-recommends slurm-wlm munge).
set -euo pipefail
what=$1 folder=$(mkdir -p "$2" && cd "$2" && pwd)
export SLURM_CONF=$folder/slurm.conf

stop() {
    for daemon in slurmd slurmctld munged; do
        [ -f "$folder/$daemon.pid" ] && kill "$(cat "$folder/$daemon.pid")" 2>/dev/null || true
    done
}

start() {
    for program in munged slurmctld slurmd sbatch; do
        command -v $program >/dev/null || { echo "no $program: apt-get install --no-install-recommends slurm-wlm munge" >&2; exit 2; }
    done
    cpus=$(nproc) host=$(hostname -s)
    mkdir -p "$folder"/{state,spool}
    [ -f "$folder/munge.key" ] || dd if=/dev/urandom of="$folder/munge.key" bs=1 count=1024 status=none
    chmod 400 "$folder/munge.key"
    cat >"$folder/slurm.conf" <<CONF
ClusterName=local
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmctldPort=16817
SlurmdPort=16818
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
ReturnToService=2
JobRequeue=1
MaxArraySize=${MAX_ARRAY_SIZE:-1001}
KillWait=10
SlurmctldTimeout=30
SlurmdTimeout=30
SchedulerParameters=sched_interval=1,sched_min_interval=10000,bf_interval=1
SlurmctldParameters=preempt_send_user_signal
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus RealMemory=8000 State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP PriorityTier=1
PartitionName=urgent Nodes=$host MaxTime=INFINITE State=UP PriorityTier=10
CONF
    munged --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" --pid-file="$folder/munged.pid" \
        --log-file="$folder/munged.log" --seed-file="$folder/munge.seed"
    slurmctld -i
    slurmd
    for _ in $(seq 30); do
        sinfo -h -o %T 2>/dev/null | grep -q idle && { echo "SLURM_CONF=$SLURM_CONF"; return; }
        sleep 1
    done
    echo "Slurm does not come up: see $folder/*.log" >&2
    exit 1
}

"$what"
