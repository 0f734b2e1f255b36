// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Consultations} from "./audit/Consultations.sol";
import {Peers} from "./audit/Peers.sol";
import {IContractAudit} from "./interfaces/IContractAudit.sol";
import {IContractPatient} from "./interfaces/IContractPatient.sol";
import {Actions} from "./libraries/Actions.sol";
import {Errors} from "./libraries/Errors.sol";
import {Word, Words} from "./libraries/Words.sol";

/// @title ContractAudit: the chains of entries, the words that decide rights, and consultations
/// @notice See IContractAudit for people's functions and ILedger for the peers'.
contract ContractAudit is Consultations, EIP712 {
    bytes32 private constant RECEIPT_TYPE = keccak256(
        "Receipt(address patient,address actor,bytes32 recordId,uint40 seenAt,bytes32 digest,address via)"
    );

    /// @dev anchoredAt40 | count32, right-aligned
    mapping(address actor => mapping(bytes32 root => Word)) private _anchors;
    mapping(bytes32 receipt => bool used) private _used;

    /// @param forwarder The ERC2771Forwarder.
    /// @param authentication UserAuthentication, deployed later at a predicted address, as are
    /// @param patient ContractPatient and
    /// @param doctor ContractDoctor.
    constructor(address forwarder, address authentication, address patient, address doctor)
        ERC2771Context(forwarder)
        Peers(authentication, patient, doctor)
        EIP712("MedRec", "1")
    {}

    /// @inheritdoc IContractAudit
    function anchorReceipts(bytes32 root, uint32 count, bytes32 leavesDigest) external {
        address sender = _msgSender();
        _principal(sender, address(0));
        Word storage anchor = _anchors[sender][root];
        if (anchor.value != 0) revert Errors.AlreadyAnchored(root);
        anchor.value = (block.timestamp << 32) | count;
        uint256 meta =
            Words.actionNow(Actions.RECEIPTS_ANCHORED) | (uint256(count) << Words.META_SCOPE);
        _appendCommon(sender, root, meta, leavesDigest);
    }

    /// @inheritdoc IContractAudit
    function proveReceipt(bytes32 root, Receipt calldata receipt, bytes32[] calldata proof)
        external
    {
        bytes32 leaf = _receiptHash(receipt);
        uint256 anchoredAt = _anchors[receipt.actor][root].value >> 32;
        if (anchoredAt == 0 || !MerkleProof.verifyCalldata(proof, root, leaf)) {
            revert Errors.BadSignature();
        }
        _enterReceipt(receipt, leaf, anchoredAt, Actions.RECEIPT_PROVEN);
    }

    /// @inheritdoc IContractAudit
    function submitReceipt(Receipt calldata receipt, bytes calldata signature) external {
        bytes32 hash = _receiptHash(receipt);
        (address signer, ECDSA.RecoverError failure,) =
            ECDSA.tryRecoverCalldata(_hashTypedDataV4(hash), signature);
        if (failure != ECDSA.RecoverError.NoError || signer != receipt.actor) {
            revert Errors.BadSignature();
        }
        _enterReceipt(receipt, hash, block.timestamp, Actions.RECEIPT_SUBMITTED);
    }

    /// @inheritdoc IContractAudit
    function anchorOf(address actor, bytes32 root)
        external
        view
        returns (uint40 anchoredAt, uint32 count)
    {
        uint256 word = _anchors[actor][root].value;
        return (uint40(word >> 32), uint32(word));
    }

    /// @inheritdoc IContractAudit
    function receiptUsed(bytes32 receipt) external view returns (bool) {
        return _used[receipt];
    }

    /// @inheritdoc IContractAudit
    function domainSeparator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    /// @dev Enters a receipt, once, by the rules of a look that was logged at `loggedAt`.
    function _enterReceipt(Receipt calldata receipt, bytes32 hash, uint256 loggedAt, uint8 action)
        private
    {
        if (_used[hash]) revert Errors.AlreadySubmitted(hash);
        _used[hash] = true;
        Word storage stored = _subjects[receipt.patient];
        uint256 subject = stored.value;
        _requireLook(
            subject,
            receipt.patient,
            receipt.via == address(0) ? receipt.actor : receipt.via,
            _principal(receipt.actor, receipt.via),
            receipt.recordId,
            receipt.seenAt,
            loggedAt
        );
        _requireReadable(receipt);
        uint256 meta = _lookMeta(action, receipt.seenAt, receipt.recordId, subject);
        subject = _append(
            subject, receipt.patient, receipt.actor, receipt.recordId, meta, receipt.digest
        );
        _store(stored, subject, receipt.patient, receipt.actor, receipt.via, receipt.recordId);
    }

    /// @dev A receipt speaks of a record that exists, and that the grant opened to be read; a record
    /// of 0 is the opening of the chart. A look that is logged by its author costs less and says
    /// less: who hands a receipt in may be anybody. Of the grant before the scope is not kept.
    function _requireReadable(Receipt calldata receipt) private view {
        bytes32 recordId = receipt.recordId;
        if (recordId == 0) return;
        address principal = receipt.via == address(0) ? receipt.actor : receipt.via;
        uint256 grant = _grants[receipt.patient][principal].value;
        uint256 slot = uint256(recordId) >> Words.RECORD_SLOT;
        bool present = receipt.seenAt >= Words.grantSince(grant);
        if (present && slot != 0 && grant & (1 << slot) == 0) {
            revert Errors.OutOfScope(uint8(slot), uint32(grant));
        }
        (, uint24 version,) =
            IContractPatient(CONTRACT_PATIENT).recordHead(receipt.patient, recordId);
        if (version == 0) revert Errors.RecordUnknown(recordId);
    }

    function _receiptHash(Receipt calldata receipt) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                RECEIPT_TYPE,
                receipt.patient,
                receipt.actor,
                receipt.recordId,
                receipt.seenAt,
                receipt.digest,
                receipt.via
            )
        );
    }
}
