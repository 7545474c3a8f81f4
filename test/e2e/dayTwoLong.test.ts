/* More of them, for which a run of all checks has no time: `npm run test:day2 -- --all`. */
import "./scenarios/dayTwo/workerPools";
import "./scenarios/dayTwo/reconfigure";
import "./scenarios/dayTwo/withoutNodes";
import "./scenarios/dayTwo/status";
import "./scenarios/dayTwo/scale";
import "./scenarios/dayTwo/killedEngine";
