/**
 * The command line and the attaching of the agent to JVMs that run already.
 *
 * <p>Its bytes come from {@link dev.belay.it.attach.SteadyClient} and go to {@link
 * dev.belay.it.attach.EchoServer}, two programs that know nothing of the agent; the tests start
 * both through {@link dev.belay.it.rig.Rig}.
 */
package dev.belay.it.attach;
