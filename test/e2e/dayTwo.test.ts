/* Changes of a running cluster, one after another on the same one. */
import "./scenarios/dayTwo/workerPools";
import "./scenarios/dayTwo/replace";
