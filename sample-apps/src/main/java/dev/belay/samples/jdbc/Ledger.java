package dev.belay.samples.jdbc;

import dev.belay.samples.program.Progress;
import dev.belay.samples.program.WrongDataException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One connection's work: creates a table, inserts its rows statement by statement in one
 * transaction, reads a large result in small fetches when half of them are in, commits, and reads
 * everything back. Uses no clock, no random function and no large object of the database, whose
 * answers would differ from one server to the next. Used by one thread.
 */
final class Ledger {

  private static final int FETCH_ROWS = 50;
  private static final int LARGE_RESULT_ROWS = 2000;

  private final Connection connection;
  private final Settings settings;
  private final Progress progress;
  private final Random random;
  private final List<Entry> written = new ArrayList<>();
  private long balance;

  Ledger(Connection connection, Settings settings, Progress progress) {
    this.connection = connection;
    this.settings = settings;
    this.progress = progress;
    this.random = new Random(settings.seed());
  }

  /** Runs the whole transaction. */
  void run() throws SQLException, WrongDataException {
    create();
    connection.setAutoCommit(false);
    int half = settings.rows() / 2;
    insert(half);
    readLargeResult();
    insert(settings.rows() - half);
    connection.commit();
    readBack();
  }

  private void create() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create table ledger(id int primary key, amount bigint, note varchar(100), balance"
              + " bigint)");
    }
  }

  private void insert(int count) throws SQLException, WrongDataException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into ledger values(?, ?, ?, ?)")) {
      for (int i = 0; i < count; i++) {
        insert(insert, nextEntry());
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(settings.pauseMs()));
      }
    }
  }

  private void insert(PreparedStatement insert, Entry entry)
      throws SQLException, WrongDataException {
    insert.setInt(1, entry.id());
    insert.setLong(2, entry.amount());
    insert.setString(3, entry.note());
    insert.setLong(4, entry.balance());
    long beginNs = System.nanoTime();
    WrongDataException.check("rows inserted by " + entry, 1, insert.executeUpdate());
    progress.waited(System.nanoTime() - beginNs);
    written.add(entry);
    progress.advance(1);
  }

  private Entry nextEntry() {
    long amount = random.nextInt(2_000_001) - 1_000_000L;
    balance += amount;
    int id = written.size() + 1;
    return new Entry(
        id, amount, "entry " + id + " of " + Long.toHexString(random.nextLong()), balance);
  }

  private void readLargeResult() throws SQLException, WrongDataException {
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(FETCH_ROWS);
      try (ResultSet rows =
          statement.executeQuery(
              "select x, x * 7919, repeat('large result ', 10) || x from system_range(1, "
                  + LARGE_RESULT_ROWS
                  + ") order by x")) {
        for (int x = 1; x <= LARGE_RESULT_ROWS; x++) {
          requireNext(rows, "large result");
          WrongDataException.check("large result, number", x, rows.getLong(1));
          WrongDataException.check("large result, product", x * 7919L, rows.getLong(2));
          WrongDataException.check(
              "large result, text", "large result ".repeat(10) + x, rows.getString(3));
        }
        requireEnd(rows, "large result");
      }
    }
  }

  private void readBack() throws SQLException, WrongDataException {
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(FETCH_ROWS);
      try (ResultSet rows = statement.executeQuery("select * from ledger order by id")) {
        for (Entry entry : written) {
          requireNext(rows, "ledger");
          WrongDataException.check("ledger", entry.toString(), Entry.of(rows).toString());
        }
        requireEnd(rows, "ledger");
      }
    }
  }

  private void requireNext(ResultSet rows, String what) throws SQLException, WrongDataException {
    long beginNs = System.nanoTime();
    if (!rows.next()) {
      throw new WrongDataException(what + " ended too early");
    }
    progress.waited(System.nanoTime() - beginNs);
    progress.advance(rows.getRow() % FETCH_ROWS == 0 ? 1 : 0);
  }

  private static void requireEnd(ResultSet rows, String what)
      throws SQLException, WrongDataException {
    if (rows.next()) {
      throw new WrongDataException(what + " has more rows than it should");
    }
  }

  /** One row of the table. */
  private record Entry(int id, long amount, String note, long balance) {

    static Entry of(ResultSet row) throws SQLException {
      return new Entry(row.getInt(1), row.getLong(2), row.getString(3), row.getLong(4));
    }
  }

  /**
   * How much to do.
   *
   * @param rows rows to insert, in one transaction
   * @param pauseMs pause after each insert
   * @param seed where the rows come from
   */
  record Settings(int rows, int pauseMs, long seed) {

    /** Inserts and whole fetches, which count as progress: each takes one round trip. */
    long steps() {
      return (long) rows + LARGE_RESULT_ROWS / FETCH_ROWS + rows / FETCH_ROWS;
    }

    /** The same for another connection, with its own seed. */
    Settings forConnection(int number) {
      return new Settings(rows, pauseMs, seed + number);
    }
  }
}
