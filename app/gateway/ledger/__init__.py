from app.gateway.ledger.adoption import DAMAGED as DAMAGED
from app.gateway.ledger.adoption import Adoption as Adoption
from app.gateway.ledger.adoption import adopt as adopt
from app.gateway.ledger.batch import LOGGED_CHANNEL as LOGGED_CHANNEL
from app.gateway.ledger.ledger import Ledger as Ledger
from app.gateway.ledger.ledger import LedgerState as LedgerState
from app.gateway.ledger.rejects import REJECTS as REJECTS
from app.gateway.ledger.writer import Writer as Writer
