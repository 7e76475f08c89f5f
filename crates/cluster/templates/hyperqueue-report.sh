#!/bin/bash
# {{ title }}: the report. HyperQueue lets no job wait for another from outside: hand it in after `hq job wait`.
#HQ --name={{ name }}-report
#HQ --stdout={{ logs|sh }}/report-%{JOB_ID}.log
#HQ --stderr={{ logs|sh }}/report-%{JOB_ID}.log
{% for option in options %}#HQ {{ option }}
{% endfor %}
{{ body }}
exec {{ program }} report {{ study|sh }}
