// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title ContractAudit: every action as one entry in its subject's hash chain
/// @notice head' = bytes27(keccak256(abi.encode(head, subject, actor, ref, meta, digest))), six
/// words, from genesis bytes27(keccak256(abi.encode("medrec/audit/1", chain id, this contract,
/// subject))). meta = action8 | time40 | slot8 | version24 | epoch32 | scope32 | expiry40 | kind8,
/// right-aligned; see Actions for what each action carries.
/// EIP-712 domain: name "MedRec", version "1", chain id, this contract.
interface IContractAudit {
    /// @notice A look, signed or anchored by `actor`; see `submitReceipt` and `proveReceipt`.
    struct Receipt {
        address patient;
        address actor;
        bytes32 recordId;
        uint40 seenAt;
        bytes32 digest;
        address via;
    }

    /// @notice An action; `head` is the subject's chain after it.
    event AuditEntry(
        address indexed subject,
        address indexed actor,
        bytes32 indexed ref,
        uint256 meta,
        bytes32 digest,
        bytes27 head
    );

    /// @notice One of many consultations could not be logged; see Reasons. `index` is its place.
    event ConsultationSkipped(
        address indexed actor,
        address indexed patient,
        bytes32 recordId,
        uint256 index,
        uint8 reason
    );

    /// @notice A grantee (or, by `via`, a delegate with the power to log) logs a look: since <=
    /// seenAt < end of this grant or the one before, until seven days after that end. recordId 0
    /// is the opening of the chart. Reverts: NotVerified, delegation errors, ConsultationRefused.
    function logConsultation(
        address patient,
        bytes32 recordId,
        uint40 seenAt,
        bytes32 digest,
        address via
    ) external;

    /// @notice Many at once: via20, then n x (patient20 recordId32 seenAt5 digest32), equal
    /// patients adjacent. Those refused give ConsultationSkipped.
    /// Reverts: BadPacked, NotVerified, delegation errors.
    function logConsultations(bytes calldata packed) external;

    /// @notice A verified doctor anchors the Merkle root of any number of receipts; the leaves
    /// (EIP-712 struct hashes) lie in the store. Once for each actor and root.
    /// Reverts: NotVerified, AlreadyAnchored.
    function anchorReceipts(bytes32 root, uint32 count, bytes32 leavesDigest) external;

    /// @notice Anybody brings a receipt out of an anchored root into the patient's chain; the
    /// actor must have anchored it, within the time for logging (sorted pairs, OpenZeppelin's
    /// MerkleProof). Reverts: as submitReceipt.
    function proveReceipt(bytes32 root, Receipt calldata receipt, bytes32[] calldata proof) external;

    /// @notice Anybody brings a receipt that its actor signed, once each:
    /// Receipt(address patient,address actor,bytes32 recordId,uint40 seenAt,bytes32 digest,address via).
    /// The record exists (0: the opening of the chart) and the grant opens its slot to be read.
    /// Reverts: BadSignature, AlreadySubmitted, as logConsultation, OutOfScope, RecordUnknown.
    function submitReceipt(Receipt calldata receipt, bytes calldata signature) external;

    /// @notice The head of a subject's chain; its genesis when it has no entry; zero address: the
    /// common chain. An id that is no registered patient has no chain: its genesis.
    function auditHead(address subject) external view returns (bytes27);

    /// @notice The head with which a subject's chain begins.
    function genesisHead(address subject) external view returns (bytes27);

    /// @notice The wallet that acts for `id`: the id itself unless it was replaced.
    function controllerOf(address id) external view returns (address);

    /// @notice When an actor anchored a root of receipts, and how many; zero when never.
    function anchorOf(address actor, bytes32 root)
        external
        view
        returns (uint40 anchoredAt, uint32 count);

    /// @notice Whether a receipt, by its EIP-712 struct hash, was proven or submitted.
    function receiptUsed(bytes32 receipt) external view returns (bool);

    /// @notice The EIP-712 domain separator.
    function domainSeparator() external view returns (bytes32);

    /// @notice The peers, for ever.
    function userAuthentication() external view returns (address);

    /// @notice See userAuthentication.
    function contractPatient() external view returns (address);

    /// @notice See userAuthentication.
    function contractDoctor() external view returns (address);
}
