// The sample database: a small shop to try the connector on, made on first use and shared by all its connections.
import { DatabaseSync } from 'node:sqlite'

/** Makes the tables and rows where they are missing. What people change in them stays. */
export function ensureSample(file: string): void {
  using database = new DatabaseSync(file, { timeout: 5_000 })
  database.exec('pragma journal_mode = wal; begin immediate')
  try {
    const made = database.prepare("select 1 from sqlite_schema where name = 'customers'").get()
    if (!made) database.exec(`${tables}${rows}`)
    database.exec('commit')
  } catch (error) {
    database.exec('rollback')
    throw error
  }
}

const now = `(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))`

const tables = `
  create table customers (
    id integer primary key autoincrement,
    name text not null,
    email text unique,
    city text,
    created_at timestamp not null default ${now},
    updated_at timestamp not null default ${now}
  );
  create table products (
    id integer primary key autoincrement,
    name text not null,
    price decimal(10, 2) not null check (price >= 0),
    stock integer not null default 0,
    active boolean not null default 1,
    updated_at timestamp not null default ${now}
  );
  create table orders (
    id integer primary key autoincrement,
    customer_id integer not null references customers,
    status text not null default 'open' check (status in ('open', 'paid', 'shipped', 'cancelled')),
    placed_at timestamp not null default ${now},
    updated_at timestamp not null default ${now}
  );
  create table order_lines (
    order_id integer not null references orders on delete cascade,
    product_id integer not null references products,
    quantity integer not null default 1 check (quantity > 0),
    price decimal(10, 2) not null,
    primary key (order_id, product_id)
  ) without rowid;
  create view order_totals as
    select o.id as order_id, c.name as customer, o.status, sum(l.quantity * l.price) as total
    from orders o join customers c on c.id = o.customer_id join order_lines l on l.order_id = o.id
    group by o.id;
  ${['customers', 'products', 'orders'].map(touching).join('\n')}
`

/** An update moves updated_at, unless it sets it itself. */
function touching(table: string): string {
  return `
  create trigger ${table}_touched after update on ${table} when new.updated_at = old.updated_at begin
    update ${table} set updated_at = ${now} where id = new.id;
  end;`
}

const rows = `
  insert into customers (id, name, email, city, created_at, updated_at) values
    (1, 'Ada Lovelace', 'ada@shop.example', 'London', '2026-01-05T09:00:00.000Z', '2026-01-05T09:00:00.000Z'),
    (2, 'Alan Turing', 'alan@shop.example', 'Manchester', '2026-01-11T14:30:00.000Z', '2026-01-11T14:30:00.000Z'),
    (3, 'Katherine Johnson', 'katherine@shop.example', 'Hampton', '2026-02-02T08:15:00.000Z', '2026-02-02T08:15:00.000Z'),
    (4, 'Edsger Dijkstra', null, 'Nuenen', '2026-02-20T17:45:00.000Z', '2026-02-20T17:45:00.000Z'),
    (5, 'Radia Perlman', 'radia@shop.example', 'Boston', '2026-03-01T12:00:00.000Z', '2026-03-01T12:00:00.000Z');
  insert into products (id, name, price, stock, active, updated_at) values
    (1, 'Notebook', 4.5, 120, 1, '2026-01-01T00:00:00.000Z'),
    (2, 'Fountain pen', 32.95, 18, 1, '2026-01-01T00:00:00.000Z'),
    (3, 'Ink, blue-black', 8.25, 60, 1, '2026-01-01T00:00:00.000Z'),
    (4, 'Slide rule', 119, 3, 1, '2026-01-01T00:00:00.000Z'),
    (5, 'Punched cards (100)', 2.75, 0, 0, '2026-01-01T00:00:00.000Z');
  insert into orders (id, customer_id, status, placed_at, updated_at) values
    (1, 1, 'shipped', '2026-02-01T10:00:00.000Z', '2026-02-03T10:00:00.000Z'),
    (2, 2, 'paid', '2026-02-14T10:00:00.000Z', '2026-02-14T11:00:00.000Z'),
    (3, 1, 'open', '2026-03-03T10:00:00.000Z', '2026-03-03T10:00:00.000Z');
  insert into order_lines (order_id, product_id, quantity, price) values
    (1, 1, 10, 4.5), (1, 3, 2, 8.25), (2, 4, 1, 119), (3, 2, 1, 32.95), (3, 3, 1, 8.25);
`
