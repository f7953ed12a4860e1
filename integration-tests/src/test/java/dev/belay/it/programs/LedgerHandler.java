package dev.belay.it.programs;

import java.io.ByteArrayOutputStream;

/** Answers the Ledger protocol and keeps the digests of both streams. */
final class LedgerHandler implements Handler {
  private final String peer;
  private final Ledger ledger = new Ledger();
  private final Frames frames = new Frames();
  private final StreamDigest in = new StreamDigest();
  private final StreamDigest out = new StreamDigest();
  private String tag = "none";

  LedgerHandler(String peer) {
    this.peer = peer;
  }

  @Override
  public byte[] take(byte[] bytes, int offset, int count) {
    in.add(bytes, offset, count);
    ByteArrayOutputStream replies = new ByteArrayOutputStream();
    frames.feed(bytes, offset, count, request -> replies.writeBytes(answer(request)));
    byte[] all = replies.toByteArray();
    out.add(all, 0, all.length);
    return all;
  }

  @Override
  public void ended(String cause) {
    System.out.println("ENDED " + report() + " cause=" + cause);
  }

  @Override
  public String report() {
    return "tag=" + tag + " in=" + in + " out=" + out;
  }

  private byte[] answer(byte[] request) {
    if (tag.equals("none")) {
      tag = Long.toHexString(Ledger.tagOf(request));
      System.out.println("OPENED tag=" + tag + " peer=" + peer);
    }
    return ledger.replyTo(request);
  }
}
