/* The promises of the README, in an order in which one cluster serves most of them. */
import "./scenarios/killedEngine";
import "./scenarios/secondStart";
import "./scenarios/services";
import "./scenarios/flags";
import "./scenarios/changedFlag";
import "./scenarios/appStack";
import "./scenarios/refusals";
import "./scenarios/secretsStayHidden";
import "./scenarios/lostControlPlane";
import "./scenarios/stop";
import "./scenarios/sizes";
