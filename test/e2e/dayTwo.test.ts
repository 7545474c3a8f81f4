/* Changes of a running cluster, one after another on the same one. */
import "./scenarios/dayTwo/workerPools";
import "./scenarios/dayTwo/replace";
import "./scenarios/dayTwo/reconfigure";
import "./scenarios/dayTwo/withoutNodes";
import "./scenarios/dayTwo/status";
import "./scenarios/dayTwo/scale";
import "./scenarios/dayTwo/killedEngine";
