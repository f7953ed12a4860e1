package dev.belay.agent.door;

import dev.belay.agent.control.ControlLink;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.wire.DataPreface;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.OpenPreface;
import dev.belay.agent.wire.ResumePreface;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a door passed on; written by the loop, read by the test. */
final class SessionsHeard implements Door.Sessions {
  final List<DataPreface> prefaces = new CopyOnWriteArrayList<>();
  final List<RawSocket> links = new CopyOnWriteArrayList<>();
  final List<Clients.Client> connected = new CopyOnWriteArrayList<>();
  final List<Clients.Client> disconnected = new CopyOnWriteArrayList<>();
  final List<Frame> frames = new CopyOnWriteArrayList<>();

  @Override
  public void open(RawSocket link, OpenPreface preface, Clients.Pair pair) {
    links.add(link);
    prefaces.add(preface);
  }

  @Override
  public void resume(RawSocket link, ResumePreface preface, Clients.Pair pair) {
    links.add(link);
    prefaces.add(preface);
  }

  @Override
  public void connected(Clients.Client client) {
    connected.add(client);
  }

  @Override
  public void frame(Clients.Client client, Frame frame) {
    frames.add(frame);
  }

  @Override
  public void settle() {}

  @Override
  public void disconnected(Clients.Client client, ControlLink link, String cause) {
    disconnected.add(client);
  }
}
